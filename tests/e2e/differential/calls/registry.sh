# A registry that wants a name and a password, beside either daemon.
quietly export KINI_CACHE=/tmp/diff/cache DOCKER_CONFIG=/tmp/diff/config
quietly echo 'me:$2b$04$tNfn3SVnAc.JYEEK3SqIpexXmfD0EnhHjRZj/MuPpdvVl9cyPnQpy' >passwords
quietly printf '%s\n' 'version: 0.1' 'log: {level: error}' 'storage: {filesystem: {rootdirectory: /tmp/diff/registry}}' 'http: {addr: 127.0.0.1:5000}' 'auth: {htpasswd: {realm: diff, path: /tmp/diff/work/passwords}}' >registry.yml
quietly docker-registry serve registry.yml >registry.log 2>&1 3>&- & echo $! >registry.pid
quietly until_true 'curl -s http://127.0.0.1:5000/v2/'
quietly docker tag kini/test:1 localhost:5000/diff/a:1
quietly docker tag kini/test:1 localhost:5000/diff/a:2
quietly docker tag kini/test:1 localhost:5000/diff/b:1
# Without a login.
docker push localhost:5000/diff/a:1
docker push -q localhost:5000/diff/a:1
docker push localhost:5000/diff/a:nonesuch
docker push nonesuch
docker push nonesuch/nonesuch:1
docker push -a nonesuch
docker push -a localhost:5000/diff/a:1
docker push localhost:5000/diff/a
docker push localhost:5000/diff/a@sha256:0000000000000000000000000000000000000000000000000000000000000000
docker push UPPER
docker push ''
docker push
docker push a b
docker push --nonesuch a
docker image push localhost:5000/diff/a:nonesuch
docker pull localhost:5000/diff/a:1
docker pull -a localhost:5000/diff/a
docker pull -a localhost:5000/diff/a:1
docker logout localhost:5000
# Logins.
docker login localhost:5000
docker login -u me localhost:5000
docker login -u me -p wrong localhost:5000
docker login --username me --password wrong localhost:5000
echo wrong | docker login -u me --password-stdin localhost:5000
echo secret | docker login --password-stdin localhost:5000
echo secret | docker login -u me -p secret --password-stdin localhost:5000
printf '' | docker login -u me --password-stdin localhost:5000
docker login a b
docker login --nonesuch
echo secret | docker login -u me --password-stdin localhost:5000
cat /tmp/diff/config/config.json; stat -c '%a %F' /tmp/diff/config/config.json /tmp/diff/config
docker login localhost:5000
docker login -u me -p secret http://localhost:5000/v1/
# With one.
docker push localhost:5000/diff/a:1
docker push localhost:5000/diff/a:1
docker push -q localhost:5000/diff/a:2
docker push -a localhost:5000/diff/a
docker push -a -q localhost:5000/diff/a
docker push --disable-content-trust localhost:5000/diff/a:1
docker image inspect -f '{{len .RepoDigests}}' localhost:5000/diff/a:1
docker rmi localhost:5000/diff/a:1 | grep -c Untagged
quietly docker rmi localhost:5000/diff/a:2
docker pull localhost:5000/diff/a:1
docker pull localhost:5000/diff/a:1
docker pull -q localhost:5000/diff/a:2
docker pull -q -a localhost:5000/diff/a
docker pull -a localhost:5000/diff/nonesuch
docker pull localhost:5000/diff/nonesuch:1
docker pull localhost:5000/diff/a:nonesuch
docker run --rm --entrypoint echo localhost:5000/diff/a:1 hello
docker pull --platform linux/arm64 localhost:5000/diff/a:1
docker pull --platform linux/amd64 -q localhost:5000/diff/a:1
docker pull --platform a/b/c/d -q localhost:5000/diff/a:1
docker logout http://localhost:5000/v2/
docker logout localhost:5000
docker logout
docker logout a b
cat /tmp/diff/config/config.json
docker push -q localhost:5000/diff/b:1
quietly docker rmi localhost:5000/diff/a:1 localhost:5000/diff/a:2 localhost:5000/diff/b:1
quietly kill $(cat registry.pid)
