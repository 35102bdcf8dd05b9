#!/bin/sh
# build-extension.sh SOURCE [ROOT]: builds the extension in a copy of the sources, and installs it below ROOT. It is what
# the Dockerfile runs; phpize, make and the headers that README.md names have to be there.
set -eu

source=$1
root=${2:-}

cd "$source"
phpize
./configure CFLAGS="${CFLAGS:--O2}"
make -j"$(nproc)"
make install INSTALL_ROOT="$root"
php -n -d extension="$root$(php-config --extension-dir)/asq.so" -r 'exit(extension_loaded("asq") ? 0 : 1);'
