"""Models that are served beside Podman, its socket and the user's logins reach a container."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.conftest import ScenarioOf

pytestmark = pytest.mark.engine


def test_models_socket_and_logins_must_be_in_the_container(scenario: ScenarioOf) -> None:
    work = scenario("surroundings")
    logins = work.folder / "auth.json"
    logins.write_text(json.dumps({"auths": {"quay.io": {"auth": "bG9naW46dGV4dA=="}}}))
    work.env["REGISTRY_AUTH_FILE"] = str(logins)
    done = work.run("up", "-d")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("COMPOSER_MODELS_URL") == 1
    assert "llm (ai/smollm2), other (ai/other)" in done.stderr
    variables = work.container("app")["Config"]["Env"]
    assert not [text for text in variables if text.startswith(("LLM_", "WHERE=", "WHICH="))]

    (work.folder / ".env").write_text("COMPOSER_MODELS_URL=http://host.containers.internal:8080/v1")
    done = work.run("up", "-d")
    assert "COMPOSER_MODELS_URL" not in done.stderr
    app = work.container("app")
    url = "http://host.containers.internal:8080/v1"
    wanted = {f"LLM_URL={url}", "LLM_MODEL=ai/smollm2", f"WHERE={url}", "WHICH=ai/other"}
    assert wanted <= set(app["Config"]["Env"])
    work.ok("up", "-d")
    assert work.ids() == [app["Id"]]

    inside = work.inside(app["Id"], "test", "-S", "/var/run/docker.sock")
    assert inside.returncode == 0
    file = work.inside(app["Id"], "sh", "-c", "cat $DOCKER_CONFIG/config.json").stdout
    assert json.loads(file)["auths"]["quay.io"] == {"auth": "bG9naW46dGV4dA=="}
    assert "bG9naW46dGV4dA==" not in json.dumps(app)
