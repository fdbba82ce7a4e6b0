#!/bin/sh
# Makes the files beside this one with LibreOffice Calc (7.4 when they were made), from careful.csv and careless.csv.
# careful.csv is as litpool writes it (append_rows), careless.csv as somebody types it without a thought for spreadsheets.
# Each is opened under a language, with "detect special numbers" on as people have it, kept as .xlsx, and saved as CSV.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
calc() { soffice "-env:UserInstallation=file://$work/profile" --headless --norestore "$@" >/dev/null 2>&1; }

# name, language (1033 en-US, 2057 en-GB, 1031 de-DE, 1036 fr-FR), delimiter, charset (76 UTF-8, ANSI, 65535 UTF-16), quote all text
make() {
    for input in careful careless; do
        cp $input.csv "$work/$input-$1.csv"
        calc --convert-to xlsx --infilter="CSV:44,34,76,1,,$2,false,true" --outdir "$work" "$work/$input-$1.csv"
        calc --convert-to "csv:Text - txt - csv (StarCalc):$3,34,$4,1,,0,$5,true,false" --outdir "$work/csv" "$work/$input-$1.xlsx"
        cp "$work/csv/$input-$1.csv" .
        [ "$1" = en-gb ] && cp "$work/$input-$1.xlsx" . || :
    done
}
make en-us 1033 44 76 false
make en-gb 2057 44 ANSI true
make de 1031 59 ANSI false
make fr 1036 9 65535 false
rm -r "$work"
