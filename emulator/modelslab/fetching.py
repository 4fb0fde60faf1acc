"""Asking how a job stands (POST, as ModelsLab wants it), and downloading its files."""

from __future__ import annotations

import json

from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.modelslab import jobs
from emulator.modelslab.dialect import authenticate
from emulator.modelslab.files import made, offered


def fetch(area: str) -> Endpoint:
    async def read(hub: Hub, request: Request, raw: bytes) -> Order:
        try:
            body = json.loads(raw)
        except ValueError:
            raise Refusal(400, "", "The body is not JSON.") from None
        if not isinstance(body, dict):
            raise Refusal(400, "", "The body must be a JSON object.")
        authenticate(hub, body)
        unknown = sorted(set(body) - {"key"})
        if unknown:
            raise Refusal(422, "", f"The {unknown[0]} field is not known.", param=unknown[0])
        name = request.path_params["id"]

        async def work(kind: str | None) -> Reply:
            job = jobs.find(hub, name)
            if job is None or job.area != area:
                raise Refusal(404, "", "Request not found.")
            if kind == "error_200":
                return json_reply({"status": "error", "message": "Something went wrong. Please try again."})
            said = job.told(hub.state.now())
            if kind == "empty_output":
                said |= {"output": []}
            if kind == "wrong_schema":
                said = {"state": said["status"], "result": said["output"]}
            return json_reply(said)

        return Order(model="", fingerprint=name, work=work)

    return Endpoint("fetch", read)


async def _file(hub: Hub, request: Request, raw: bytes) -> Order:
    name = request.path_params["name"]

    async def work(kind: str | None) -> Reply:
        recipe = offered(hub, name)
        if recipe is None:
            body = b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
            return Reply((body,), "application/xml", 404)
        data = b"" if kind == "empty_output" else await made(hub, recipe)
        return Reply((data,), recipe.media_type)

    return Order(model="", fingerprint=name, work=work)


FILE = Endpoint("file", _file)
