"""Files: how they are uploaded, told of, and fetched with the bot's token."""

from typing import Any

from aiohttp import web

from tests.fakes.slack import payloads
from tests.fakes.slack.composing import compose
from tests.fakes.slack.methods import Call, Method
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.server import ASKED, worded
from tests.fakes.slack.state import File
from tests.fakes.slack.world import World

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"


class Uploads:
    """Takes files and gives them out."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def table(self) -> dict[str, Method]:
        """The methods by their names."""
        return {
            "files.getUploadURLExternal": self._new_url,
            "files.completeUploadExternal": self._complete,
            "files.info": self._info,
        }

    def add_routes(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._fetch)

    def _new_url(self, call: Call) -> dict[str, Any]:
        call.knows("filename length alt_txt snippet_type")
        name, length = call.needs("filename", "length")
        if not str(length).isdigit() or int(length) == 0:
            raise Refusal("invalid_arguments", ["[ERROR] length must be a positive number"])
        bot = call.team.bot
        file = self._world.keep_file(bot, name, b"", "application/octet-stream", size=int(length))
        file.is_complete = False
        return {"upload_url": f"{self._world.url}/upload/{file.id}", "file_id": file.id}

    async def _upload(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["file"])
        if file is None or file.is_complete:
            raise Refusal("file_not_found", status=404)
        file.data = request[ASKED].data
        return worded(request, f"OK - {len(file.data)}")

    def _complete(self, call: Call) -> dict[str, Any]:
        call.knows("files channel_id channels thread_ts initial_comment blocks")
        (told,) = call.needs("files")
        if not isinstance(told, list):
            raise Refusal("invalid_arguments", ["[ERROR] must provide an array [json-pointer:/files]"])
        files = [self._uploaded(call, one) for one in told]
        channel_id = call["channel_id"] or call["channels"]
        if channel_id and channel_id not in self._world.channels:
            raise Refusal("channel_not_found")  # the id of somebody will not do here
        for file, one in zip(files, told, strict=True):
            file.is_complete, file.title = True, one.get("title", "")
        if channel_id:
            channel = self._world.channel_to_post(call.team, channel_id)
            body = {"text": call["initial_comment"] or "", "blocks": call["blocks"],
                    "thread_ts": call["thread_ts"]}  # fmt: skip
            compose(self._world, channel, body, files=files)
        return {"files": [payloads.whole_file(file) for file in files]}

    def _uploaded(self, call: Call, told: Any) -> File:
        file = self._world.files.get(told.get("id", "")) if isinstance(told, dict) else None
        if file is None or file.team is not call.team or file.is_complete:
            raise Refusal("file_not_found")
        if len(file.data) != file.size:
            raise Refusal("file_update_failed")
        return file

    def _info(self, call: Call) -> dict[str, Any]:
        (file_id,) = call.needs("file")
        file = self._world.files.get(file_id)
        if file is None or file.team is not call.team:
            raise Refusal("file_not_found")
        return {"file": payloads.whole_file(file)}

    async def _fetch(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["file"].rpartition("-")[2])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        above, team = self._world.enterprise_with(token), self._world.team_with(token)
        if file is not None and above is not None and file.team in above.admitting:
            team = file.team
        may_read = team is not None and not team.token_error and "files:read" in team.granted
        if file is None or not may_read or file.team is not team:
            return worded(request, LOGIN_PAGE)
        return web.Response(body=file.data, content_type=file.mimetype)
