"""Items and what is published of them (政务服务事项): their facts and their course."""
