"""Sends the updates of a JSON Lines file with aiohttp: bulk_aiohttp.py FILE CONCURRENCY."""

import asyncio
import json
import os
import sys

import aiohttp


async def main(path: str, concurrency: int) -> None:
    base = f"{os.environ['CINNOX_BASE_URL']}/v1/api/apps/{os.environ['CINNOX_APP_ID']}/destination"
    headers = {"Authorization": f"Bearer {os.environ['CINNOX_APP_TOKEN']}"}
    with open(path, encoding="utf-8") as lines:
        async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=concurrency)) as session:

            async def work() -> None:
                # All workers take from the same iterator.
                for line in lines:
                    entry = json.loads(line)
                    destination = entry["destination"]
                    async with session.patch(f"{base}/{destination}", json=entry["update"]) as response:
                        response.raise_for_status()
                        assert (await response.json())["result"]["id"] == destination

            await asyncio.gather(*(work() for _ in range(concurrency)))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
