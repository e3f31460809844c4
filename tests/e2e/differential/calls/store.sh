# Images that come and go. Kini's are in a store of this session's own.
quietly export KINI_CACHE=/tmp/diff/cache
quietly docker image prune -f
quietly layer() { mkdir -p a/$1; echo "$2" >a/$1/$1; tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C a/$1 -cf a/$1.tar .; sha256sum a/$1.tar | cut -d' ' -f1; }
quietly archive() { rm -rf a; mkdir a; local base=$(layer base base) top=$(layer top "$2") tags; tags=$(jq -cn '$ARGS.positional' --args -- "${@:3}"); echo "{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"2026-01-02T03:04:05Z\",\"author\":\"me\",\"config\":{\"Cmd\":[\"/top\"],\"Labels\":{\"text\":\"$2\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$base\",\"sha256:$top\"]},\"history\":[{\"created\":\"2026-01-02T03:04:04Z\",\"created_by\":\"/bin/sh -c #(nop) ADD file:0123456789abcdef in /somewhere/else \"},{\"created\":\"2026-01-02T03:04:05Z\",\"created_by\":\"COPY top / # buildkit\",\"comment\":\"from the test\"},{\"created\":\"2026-01-02T03:04:05Z\",\"created_by\":\"CMD\",\"empty_layer\":true}]}" >a/config.json; echo "[{\"Config\":\"config.json\",\"RepoTags\":$tags,\"Layers\":[\"base.tar\",\"top.tar\"]}]" >a/manifest.json; tar -C a -cf $1 config.json base.tar top.tar manifest.json; }
quietly rows() { docker images --format '{{.Repository}} {{.Tag}} {{.ID}}' "$@" | grep -e diff- -e '<none>' | sort; }
archive one.tar one diff-one:1 diff-one:2
docker load -i one.tar
docker images diff-one
rows --no-trunc
docker image inspect -f '{{json .RepoTags}} {{json .RepoDigests}} {{json .RootFS}} {{.Created}}' diff-one:1
docker image inspect -f '{{.Author}} {{.Comment}} {{json .Config.Labels}} {{.Architecture}}{{.Variant}} {{.Parent}}' diff-one:1
docker image inspect diff-one:1 | keys
# History.
docker history diff-one:1
docker image history --no-trunc diff-one:1
docker history -q diff-one:2
docker history -q --no-trunc diff-one:2
docker history -H=false diff-one:1
docker history --human=false --format '{{.CreatedAt}} {{.CreatedSince}} {{.CreatedBy}} {{.Comment}}' diff-one:1
docker history --format json diff-one:1
docker history --format 'table {{.ID}}\t{{.Comment}}' diff-one:1
docker history --format '{{.Nonesuch}}' diff-one:1
docker history --format '{{.ID' diff-one:1
docker history $(docker images -q diff-one:1) --format '{{.CreatedBy}}'
docker history kini/test:1
docker history nonesuch
docker history UPPER
docker history
docker history a b
docker history ''
# Names.
docker tag diff-one:1 diff-two
docker tag diff-one:1 diff-registry.example:5000/deep/er:3
rows
docker image tag $(docker images -q diff-one:1) diff-one:byid
docker tag nonesuch diff-x
docker tag UPPER diff-x
docker tag diff-one:1 UPPER
docker tag diff-one:1
docker tag '' diff-x
docker tag diff-one:1 ''
docker tag diff-one:1 diff-x@sha256:0000000000000000000000000000000000000000000000000000000000000000
docker tag diff-one:1 sha256:0000000000000000000000000000000000000000000000000000000000000000
docker tag diff-one:1 sha256
docker tag diff-one:1 0000000000000000000000000000000000000000000000000000000000000000
docker tag sha256:0000000000000000000000000000000000000000000000000000000000000000 diff-x
docker tag --nonesuch a b
rows
# Archives.
docker save diff-one:1 | tar -xOf - manifest.json | jq -c 'map(.RepoTags)'
docker save diff-one | tar -xOf - manifest.json | jq -c 'map(.RepoTags)'
docker save $(docker images -q diff-one:1) | tar -xOf - manifest.json | jq -c 'map(.RepoTags)'
docker save diff-one:1 diff-two kini/test:1 | tar -xOf - manifest.json | jq -c 'map(.RepoTags) | sort'
docker save diff-one:1 | tar -xOf - index.json | jq -c '.manifests[] | [.mediaType, .annotations]'
docker save diff-one:1 | tar -xOf - oci-layout | jq -c .
docker image save diff-one:1 -o saved.tar; stat -c %a saved.tar
docker save -o nonesuch/x diff-one:1
docker save -o /dev/null diff-one:1
docker save -o x.tar nonesuch
docker save -o x.tar nonesuch:1
docker save diff-one:1 nonesuch | wc -c
docker save UPPER
docker save ''
docker save
ls
script -qec 'docker save diff-one:1' /dev/null
# Loading what is there, and what takes a name.
docker load <saved.tar
archive two.tar two diff-one:1
docker load -q -i two.tar
rows
docker images -f dangling=true -q | wc -l
docker load -i one.tar
rows
docker image inspect -f '{{json .RepoTags}}' $(docker images -q -f dangling=true)
# Filters.
docker images -f before=diff-one:1 -f reference='diff-*' --format '{{.Repository}}'
docker images -f since=nonesuch
docker images -f before=UPPER
docker images -f label=text=one --format '{{.Repository}}:{{.Tag}}' | sort
docker images -f label=text=two --format '{{.Repository}}:{{.Tag}}'
docker images -f dangling=x
docker images -f until=x
docker images -f until=2020-01-01
docker images -f reference='diff-*:by*' --format '{{.Tag}}'
docker images -f reference='['
docker images 'diff-t*' --format '{{.Tag}}'
docker images a b
docker images --tree
docker image inspect ''
docker inspect --type=image ''
docker image inspect sha256
# Removing.
docker rmi diff-two
docker rmi $(docker images -q diff-one:1)
docker rmi nonesuch diff-one:byid
docker rmi -f nonesuch
docker rmi -f nonesuch diff-one:2
docker rmi UPPER
docker rmi ''
docker rmi
docker rmi --nonesuch x
rows
docker create --name diff-c diff-one:1
docker rmi diff-one:1
docker rmi diff-registry.example:5000/deep/er:3
docker rmi diff-one:1
docker rmi $(docker images -q diff-one:1)
docker rmi -f diff-one:1
rows
quietly docker rm -f diff-c
docker load -i one.tar
docker run -d --name diff-run kini/test:1
docker rmi kini/test:1
docker rmi $(docker images -q kini/test:1)
docker rmi -f $(docker images -q kini/test:1)
quietly docker rm -f diff-run
docker tag kini/test:1 kini/test:diff-t
docker rmi kini/test:diff-t
docker rmi $(docker images -q diff-one:2)
docker rmi -f $(docker images -q diff-one:2)
rows
# Pruning.
docker load -i one.tar
docker image prune
echo n | docker image prune
echo y | docker image prune
docker image prune -a --filter label=text=nonesuch -f
docker image prune -f --filter nonesuch=1
docker image prune -f --filter dangling=false
docker image prune -f --filter until=x
docker image prune -f --filter x
docker image prune x
docker image prune -a -f --filter label=text=one | sort
rows
# A name that a registry's image loses.
docker tag busybox:1.37 kini/test:1
docker images kini/test --format '{{.Tag}} {{.ID}}' | sort
docker images --digests kini/test | sort
docker images -f dangling=true --format '{{.Repository}} {{.Tag}}'
docker image inspect -f '{{json .RepoTags}} {{json .RepoDigests}}' busybox:1.37
docker image prune -f
docker rmi kini/test:1
docker pull -q kini/test:1
docker rmi $(docker image inspect -f '{{index .RepoDigests 0}}' kini/test:1)
docker image inspect -f '{{json .RepoTags}} {{json .RepoDigests}}' kini/test:1
docker rmi kini/test:1
docker pull -q kini/test:1
# What takes how much room.
docker system df | awk '{print $1}'
docker system df --format json | jq -c keys
docker system df --format '{{.Type}} {{.Active}}'
docker system df --format 'table {{.Type}}\t{{.Active}}'
docker system df --format '{{.Nonesuch}}'
docker system df --format '{{.Type'
docker system df -v | grep -e '^[A-Z]' -e ^kini -e ^busybox
docker system df -v --format '{{range .Images}}{{if eq .Repository "kini/test"}}{{.Tag}} {{.Containers}} {{.SharedSize}}|{{end}}{{end}}'
docker system df -v --format json | keys | grep -v '^Volumes \['
docker system df x
