// Shows /openapi.json without any asset from elsewhere. Text is set as text, never as markup.
"use strict";

const chinese = navigator.language.startsWith("zh");
const say = (zh, en) => (chinese ? zh : en);
const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function classed(name, className, text) {
  const made = element(name, text);
  made.className = className;
  return made;
}

function resolved(schema, contract, depth = 0) {
  if (!schema || typeof schema !== "object" || depth > 8) return schema;
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return resolved(contract.components.schemas[name], contract, depth + 1);
  }
  if (Array.isArray(schema)) return schema.map((part) => resolved(part, contract, depth + 1));
  return Object.fromEntries(
    Object.entries(schema).map(([key, part]) => [key, resolved(part, contract, depth + 1)]),
  );
}

function shape(title, content, contract) {
  const parts = Object.entries(content || {}).filter(([, media]) => media.schema);
  return parts.map(([media, { schema }]) =>
    element("div", "", element("p", `${title} (${media})`),
      element("pre", JSON.stringify(resolved(schema, contract), null, 2))));
}

function parameters(operation) {
  if (!operation.parameters?.length) return [];
  const rows = operation.parameters.map((one) => element("tr", "",
    element("td", one.name), element("td", one.in),
    element("td", one.required ? say("必填", "required") : ""), element("td", one.description)));
  return [element("table", "", ...rows)];
}

function operationOf(path, method, operation, contract) {
  const line = element("summary", "", classed("span", "method", method.toUpperCase()),
    classed("span", "path", path), element("span", `  ${operation.summary || ""}`));
  const answers = Object.entries(operation.responses || {}).flatMap(([status, answer]) =>
    shape(`${status} ${answer.description || ""}`, answer.content, contract));
  return element("details", "", line, element("p", operation.description), ...parameters(operation),
    ...shape(say("请求", "Request"), operation.requestBody?.content, contract), ...answers);
}

function show(contract) {
  const page = document.getElementById("page");
  document.title = contract.info.title;
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  const groups = new Map();
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const method of METHODS.filter((name) => methods[name])) {
      const group = methods[method].tags?.[0] || say("接口", "Interface");
      groups.set(group, [...(groups.get(group) || []), operationOf(path, method, methods[method], contract)]);
    }
  }
  const sections = [...groups].map(([name, operations]) => element("section", "", element("h2", name), ...operations));
  const hint = say("除健康检查外，每个请求都要带访问令牌。", "Every request but the health checks carries an access token.");
  page.replaceChildren(element("h1", contract.info.title), element("p", hint), ...sections);
  page.removeAttribute("aria-busy");
}

fetch("/openapi.json", { credentials: "same-origin" })
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
  .then(show)
  .catch((reason) => {
    document.getElementById("page").textContent = say("接口说明无法读取：", "The description cannot be read: ") + reason;
  });
