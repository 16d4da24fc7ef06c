from __future__ import annotations

from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import School, open_school

PNG = b"\x89PNG\r\n\x1a\n rest"


async def upload(
    school: School, path: str, content: bytes, name: str = "Personal_photo.png"
) -> str:
    answer = await school.http.post(f"/crm/v2/{path}", files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return str(body["data"][0]["details"]["id"]) if "data" in body else str(body["code"])


async def test_an_attachment_goes_up_and_comes_down(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    assert (await school.get(f"Leads/{lead}/Attachments")).status_code == 204
    first = await upload(school, f"Leads/{lead}/Attachments", PNG)
    second = await upload(school, f"Leads/{lead}/Attachments", b"text", "ملف.txt")
    listed = (await school.get(f"Leads/{lead}/Attachments")).json()
    assert [row["id"] for row in listed["data"]] == [second, first]
    assert listed["data"][1]["File_Name"] == "Personal_photo.png"
    assert listed["data"][1]["Size"] == str(len(PNG))
    assert listed["data"][1]["Parent_Id"] == {"name": "A", "id": lead}
    assert listed["data"][1]["$se_module"] == "Leads"
    bytes_back = await school.get(f"Leads/{lead}/Attachments/{first}")
    assert bytes_back.content == PNG
    assert "Personal_photo.png" in bytes_back.headers["content-disposition"]


async def test_an_attachment_can_be_deleted_once(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    kept = await upload(school, f"Leads/{lead}/Attachments", b"x")
    done = await school.delete(f"Leads/{lead}/Attachments/{kept}")
    assert done.json()["data"][0]["code"] == "SUCCESS"
    again = await school.delete(f"Leads/{lead}/Attachments", ids=kept)
    assert again.json()["data"][0]["message"] == "record not deleted"
    gone = await school.get(f"Leads/{lead}/Attachments/{kept}")
    assert gone.json()["message"] == "the related id given seems to be invalid"


async def test_a_linked_attachment_cannot_be_downloaded(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    form = {"attachmentUrl": "https://files.example.org/a.pdf"}
    answer = await school.http.post(f"/crm/v2/Leads/{lead}/Attachments", data=form)
    link = answer.json()["data"][0]["details"]["id"]
    refused = await school.get(f"Leads/{lead}/Attachments/{link}")
    assert (refused.status_code, refused.json()["code"]) == (403, "NO_PERMISSION")


async def test_a_photo_shows_in_record_image_and_moves_modified_time(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    assert (await school.get(f"Leads/{lead}/photo")).status_code == 204
    school.clock.advance(5)
    assert await upload(school, f"Leads/{lead}/photo", PNG) == "SUCCESS"
    photo = await school.get(f"Leads/{lead}/photo")
    assert (photo.content, photo.headers["content-type"]) == (PNG, "image/png")
    record = (await school.get(f"Leads/{lead}")).json()["data"][0]
    assert record["Record_Image"]
    assert record["Modified_Time"] == "2026-05-14T11:36:15+03:00"
    assert (await school.delete(f"Leads/{lead}/photo")).json()["message"] == "Photo deleted"
    assert (await school.get(f"Leads/{lead}/photo")).status_code == 204


async def test_an_upload_needs_a_file_and_a_record(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    empty = await school.http.post(f"/crm/v2/Leads/{lead}/photo", data={"x": "1"})
    assert empty.json()["code"] == "REQUIRED_PARAM_MISSING"
    nobody = await school.http.post("/crm/v2/Leads/5/photo", files={"file": ("a", b"x")})
    assert nobody.json()["message"] == "the id given seems to be invalid"


async def test_an_attachment_touches_its_record_only_if_told_so() -> None:
    for touches in (False, True):
        async with open_school(Switches(attachment_touches=touches)) as school:
            lead = await school.insert("Leads", Last_Name="A")
            before = school.crm.records("Leads")[lead].modified
            told = len(school.crm.history)
            school.clock.advance(60)
            await upload(school, f"Leads/{lead}/Attachments", b"x")
            assert (school.crm.records("Leads")[lead].modified > before) is touches
            assert [c.operation for c in school.crm.history[told:]] == ["update"] * touches
