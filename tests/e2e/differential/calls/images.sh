# Images. Both hosts have busybox:1.37, busybox:latest and kini/test:1 from the test.
docker images --format '{{.Repository}}:{{.Tag}}' | grep -v -e kindest -e envoyproxy -e debian -e diff- -e none | sort
docker images busybox:1.37
docker images -q busybox:1.37
docker images --no-trunc -q busybox:1.37
docker images nonesuch
docker images nonesuch:1
docker images --digests kini/test
docker images busybox --format '{{.Repository}}|{{.Tag}}|{{.ID}}|{{.Digest}}|{{.CreatedSince}}' | sort
docker images kini/test --format '{{.Repository}}:{{.Tag}}'
docker images --format 'table {{.Repository}}\t{{.Tag}}' kini/test
docker images --format '{{.Nonesuch}}' kini/test
docker images --format '{{.ID' kini/test
docker images --format json kini/test | keys
docker images --filter reference=kini/test --format '{{.Repository}}'
docker images --filter reference='kini/*' --format '{{.Repository}}'
docker images --filter dangling=nonesuch
docker images --filter nonesuch=1
docker images --filter label=org.example.test=yes --format '{{.Repository}}'
docker images --filter label=org.example.test=no --format '{{.Repository}}'
docker images --digests --format '{{.Digest}}' kini/test
docker image ls kini/test --format '{{.Repository}}'
docker image inspect -f '{{ .Id }}' kini/test:1
docker image inspect -f '{{.ID}}' kini/test:1
docker image inspect -f '{{.Id}}' docker.io/kini/test:1
docker image inspect -f '{{.Id}}' kini/test
docker image inspect -f '{{json .Config.Labels}} {{json .Config.Entrypoint}} {{json .Config.Cmd}}' kini/test:1
docker image inspect -f '{{.Config.User}} {{.Config.WorkingDir}} {{.Config.StopSignal}}' kini/test:1
docker image inspect -f '{{json .Config.ExposedPorts}} {{json .Config.Env}} {{json .Config.Volumes}}' kini/test:1
docker image inspect -f '{{json .Config}}' kini/test:1
docker image inspect -f '{{.Os}}/{{.Architecture}} {{json .RepoTags}}' kini/test:1
docker image inspect -f '{{json .RepoDigests}}' kini/test:1
docker image inspect -f '{{json .RootFS}}' kini/test:1
docker image inspect kini/test:1 | keys
docker image inspect nonesuch
docker image inspect -f '{{.Id}}' nonesuch
docker image inspect -f '{{.Id}}' kini/test:1 nonesuch busybox:1.37
docker image inspect -f '{{.Nonesuch}}' kini/test:1
docker image inspect -f '{{.Id' kini/test:1
docker image inspect UPPER
docker inspect --type=image kini/test:1 | jq -r '.[].RepoTags[]'
docker inspect --type=image nonesuch
docker inspect --type image -f '{{.Id}}' $(docker images -q kini/test:1)
docker inspect --type image -f '{{.Id}}' $(docker images -q --no-trunc kini/test:1)
docker inspect --type=image kini/test@sha256:0000000000000000000000000000000000000000000000000000000000000000
docker inspect --type=image kini/test:1@$(docker image inspect -f '{{range .RepoDigests}}{{.}}{{end}}' kini/test:1 | cut -d@ -f2) -f '{{.Id}}'
docker inspect -f '{{.Id}}' kini/test:1
docker history kini/test:1
docker pull kini/test:1
docker pull -q kini/test:1
docker pull --quiet docker.io/kini/test:1
docker pull kini/test:nonesuch
docker pull kini/test
docker pull nonesuch/image:1
docker pull UPPER
docker pull 'bad name'
docker pull ''
docker pull kini/test:
docker pull kini/test@sha256:123
docker pull kini/test@sha256:0000000000000000000000000000000000000000000000000000000000000000
docker pull --platform=linux/amd64 -q kini/test:1
docker pull --platform=nonesuch -q kini/test:1
docker pull busybox
docker pull -q no-such-registry.example:1/x/y
docker image pull -q kini/test:1
