"""What people do on the pages while a part is away: each page timed, each save looked up in the database."""

import time

from config.demo.browser import Browser


class Walk:
    """Several people at work. `seconds` holds how long each page took, by a name for it."""

    def __init__(self, site):
        self.site = site
        self.seconds = {}

    def timed(self, name, call, *args, **kwargs):
        began = time.monotonic()
        answer = call(*args, **kwargs)
        self.seconds[name] = max(self.seconds.get(name, 0.0), time.monotonic() - began)
        return answer

    def slowest(self):
        return max(self.seconds.items(), key=lambda each: each[1])

    def sign_in(self, key):
        return self.timed(f"{key} signs in", self.site.sign_in, key)

    def hand_in(self, learner, slug):
        """Enroll, write a text for each piece of evidence, submit; the address of the submission."""
        credential = self.site.count("SELECT public_id FROM credentials_credential WHERE slug = %s", slug)
        page = self.timed("item", learner.get, f"/catalog/{credential}/")
        page = self.timed("enroll", learner.submit, page, page.form(action="/enroll/$"))
        submission = self.site.row(
            """SELECT s.id, s.public_id FROM learners_submission s JOIN learners_enrollment e ON e.id = s.enrollment_id
            JOIN learners_learner l ON l.id = e.learner_id JOIN learners_user u ON u.id = l.user_id
            JOIN credentials_credential c ON c.id = e.credential_id WHERE c.slug = %s AND u.email LIKE 'learner@%%'""",
            slug,
        )
        requirements = self.requirements(slug)
        for requirement in requirements:
            form = page.form(action="/evidence/$", having="text")
            values = {"title": "Reflection", "text": "What I learned on the ward.", "requirement": str(requirement)}
            page = self.timed("text", learner.submit, page, form, values)
        saved = self.site.count("SELECT count(*) FROM learners_evidenceitem WHERE submission_id = %s", submission[0])
        assert saved == len(requirements) > 0
        form = page.form(action="/submit/$")
        self.timed("submit", learner.submit, page, form, {"no-patient-data": "on", "own-work": "on"})
        assert self.status("learners_submission", submission[1]) == "submitted"
        return submission[1]

    def requirements(self, slug):
        with self.site.connect() as connection:
            return [
                row[0]
                for row in connection.execute(
                    """SELECT r.position FROM credentials_evidencerequirement r
                    JOIN credentials_credential c ON c.current_version_id = r.version_id
                    WHERE c.slug = %s AND r.source = 'learner' ORDER BY r.position""",
                    (slug,),
                )
            ]

    def assess(self, assessor, submission, criteria):
        """Judge every criterion, finish, and release the decision."""
        address = f"/queue/{submission}/"
        page = self.timed("marking", assessor.get, address)
        form = page.form(action=f"{address}$", having="comment_1")
        values = {"overall_comment": "A sound piece of work.", "action": "finish"}
        for number in range(1, criteria + 1):
            values |= {f"level_{number}": "3", f"comment_{number}": "Clear.", f"next_step_{number}": ""}
        self.timed("judgments", assessor.submit, page, form, values)
        decision = self.site.count(
            """SELECT d.public_id FROM learners_decision d JOIN learners_submission s ON s.id = d.submission_id
            WHERE s.public_id = %s AND d.status = 'proposed'""",
            submission,
        )
        page = self.timed("decision", assessor.get, f"/decisions/{decision}/")
        self.timed("release", assessor.submit, page, page.form(action="/release/$"))
        assert self.status("learners_decision", decision) == "released"

    def criteria(self, slug):
        return self.site.count(
            """SELECT count(*) FROM credentials_criterion r JOIN credentials_credential c
            ON c.current_version_id = r.version_id WHERE c.slug = %s""",
            slug,
        )

    def status(self, table, public_id):
        return self.site.count(f"SELECT status FROM {table} WHERE public_id = %s", public_id)

    def strangers(self, shared):
        """What anybody may open."""
        stranger = Browser(self.site.origin)
        addresses = ["/", "/catalog/", "/check/", f"/v/{shared}", f"/v/{shared}.json", "/.well-known/did.json"]
        for address in [*addresses, "/healthz", "/readyz"]:
            page = self.timed(address.replace(str(shared), "…"), stranger.get, address, accept="*/*")
            assert page.content
        page = stranger.get("/check/")
        badge = stranger.get(f"/v/{shared}.json", accept="*/*").content
        file = self.site.home / "badge.json"
        file.write_bytes(badge)
        checked = self.timed(
            "file check", stranger.submit, page, page.form(action="/check/$", having="file"), file=file
        )
        assert checked.has("Valid")

    def share(self, learner, award):
        """Let anyone with the link see one award."""
        page = learner.get(f"/badges/{award}/share/")
        form = (
            page.form(action="/share/$", having="purpose") if "purpose" in page.text else page.form(action="/share/$")
        )
        self.timed("consent", learner.submit, page, form, {"purpose": "residency", "agree": "on"})
