# The command line itself.
docker -v
docker --version
docker nonesuch
docker nonesuch --flag
docker --nonesuch
docker --nonesuch ps
docker container nonesuch
docker container nonesuch --flag
docker network nonesuch
docker image nonesuch
docker context nonesuch
docker container --nonesuch
docker >/dev/null
docker container >/dev/null
docker network >/dev/null
docker image >/dev/null
docker --help >/dev/null
docker ps --help >/dev/null
docker run --help >/dev/null
docker network create --help >/dev/null
docker network --help >/dev/null
docker exec -h >/dev/null
docker ps -h >/dev/null
for c in attach cp create exec kill logs pause port restart rm run start stop unpause wait; do docker $c; echo "$c $?"; done
for c in attach cp create exec kill logs pause port restart rm run start stop unpause wait ps pull images info version inspect; do docker $c --nonesuch; echo "$c $?"; done
docker container rm --nonesuch
docker container ls --nonesuch
docker container rm
docker container exec
for c in 'network ls' 'network inspect' 'network create' 'network rm' 'image inspect' 'image ls' 'image pull' 'context inspect' 'system info'; do docker $c --nonesuch; echo "$c $?"; done
for c in 'network inspect' 'network create' 'network rm' 'image inspect' 'image pull'; do docker $c; echo "$c $?"; done
docker ps extra
docker info extra
docker version extra
docker network ls extra
docker network create a b
docker pull a b
docker images a b
docker logs a b
docker cp a
docker cp a b c
docker cp a b
docker cp a:x b:y
docker port a b c
docker exec a
docker ps -Z
docker ps -aZ
docker ps --filter
docker ps -f
docker ps --last x
docker ps -n x
docker ps --no-trunc=maybe
docker rm -f=maybe x
docker stop -t x y
docker stop --time
docker logs --tail
docker run --name
docker run -p
docker run --memory x busybox:1.37
docker run --pids-limit x busybox:1.37
docker run -d=maybe busybox:1.37
docker run --rm=maybe busybox:1.37
docker inspect
docker inspect --type
docker inspect -f
docker exec --nonesuch a b
docker exec -e
docker exec -u
docker version --format '{{.Client.Version}}' | cut -c1-6
docker version --format '{{.Client.Os}}/{{.Client.Arch}}'
docker version --format '{{.Server.Os}} {{.Server.APIVersion}}'
docker version --format '{{.Server.Os}}'
docker version --format '{{.Server.Version}}' | wc -l
docker version --format '{{.Nonesuch}}'
docker version --format '{{.Client'
docker version --format '{{nonesuch}}'
docker version --format json | keys
docker version -f '{{json .Client}}' | keys
docker context inspect --format '{{ (index .Endpoints "docker").Host }}' default
docker context inspect --format '{{ (index .Endpoints "docker").Host }}'
docker context inspect nonesuch
docker context inspect --format '{{.Name}}' default nonesuch
docker context inspect --format '{{.Name}}' default
docker context inspect --format '{{.Nonesuch}}' default
docker context inspect --format '{{.Name' default
docker context inspect default | keys
docker context inspect default
