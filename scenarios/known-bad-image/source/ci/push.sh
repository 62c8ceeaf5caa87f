#!/bin/sh
# Push an image under its release name, and let `latest` mean it.
set -eu
docker push "registry.example/shop:$1"
docker tag "registry.example/shop:$1" registry.example/shop:latest
docker push registry.example/shop:latest
