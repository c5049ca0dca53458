/** What a file is: by its name, by what the sender says, and by its bytes. All three have to agree. */
import { ApiError } from './api-error';

export type FileType = 'pdf' | 'docx' | 'xlsx' | 'jpg' | 'png' | 'tiff';

interface Format {
  readonly extensions: readonly string[];
  readonly mediaTypes: readonly string[];
  readonly matches: (content: Buffer) => boolean;
}

const startsWith =
  (...bytes: number[]) =>
  (content: Buffer): boolean =>
    bytes.every((byte, index) => content[index] === byte);
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const isPackageWith =
  (part: string) =>
  (content: Buffer): boolean => {
    const names = zipEntryNames(content);
    return names.has('[Content_Types].xml') && names.has(part);
  };
const TIFF_STARTS = [ascii('II*\0'), ascii('MM\0*'), ascii('II+\0'), ascii('MM\0+')]; // the last two are BigTIFF

const FORMATS: Readonly<Record<FileType, Format>> = {
  pdf: { extensions: ['pdf'], mediaTypes: ['application/pdf'], matches: startsWith(...ascii('%PDF-')) },
  docx: {
    extensions: ['docx'],
    mediaTypes: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    matches: isPackageWith('word/document.xml'),
  },
  xlsx: {
    extensions: ['xlsx'],
    mediaTypes: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    matches: isPackageWith('xl/workbook.xml'),
  },
  jpg: { extensions: ['jpg', 'jpeg'], mediaTypes: ['image/jpeg'], matches: startsWith(0xff, 0xd8, 0xff) },
  png: { extensions: ['png'], mediaTypes: ['image/png'], matches: startsWith(0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a) },
  tiff: {
    extensions: ['tif', 'tiff'],
    mediaTypes: ['image/tiff'],
    matches: (content) => TIFF_STARTS.some((start) => startsWith(...start)(content)),
  },
};
export const FILE_TYPES = Object.keys(FORMATS) as FileType[];
/**
 * What programs say that do not know; curl does for most files. A part that says nothing counts as text (RFC 7578,
 * section 4.4).
 */
const UNSPECIFIC = new Set(['', 'application/octet-stream', 'text/plain']);

/**
 * @param declared the media type that the sender gave, in lower case and without parameters
 * @throws {ApiError} `invalid_file_type`
 */
export function fileTypeOf(name: string, declared: string, content: Buffer): FileType {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const type = FILE_TYPES.find((each) => FORMATS[each].extensions.includes(extension));
  const refuse = (what: string) =>
    new ApiError('invalid_file_type', `${what}; ${FILE_TYPES.join(', ')} are taken.`, 'file');
  if (type === undefined) throw refuse("The file's name has no extension that is known");
  if (!UNSPECIFIC.has(declared) && !FORMATS[type].mediaTypes.includes(declared))
    throw refuse(`The file is named as ${type} and declared as something else`);
  if (!FORMATS[type].matches(content)) throw refuse(`The file is named as ${type} and its content is something else`);
  return type;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_BYTES = 22;
/** Its comment is at most 65,535 bytes. */
const END_OF_DIRECTORY_REACH = END_OF_DIRECTORY_BYTES + 0xffff;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;

/**
 * The names in a ZIP file's central directory (APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16), as far as it can be read; of
 * what is no ZIP file, none.
 */
function zipEntryNames(content: Buffer): ReadonlySet<string> {
  const names = new Set<string>();
  if (!startsWith(...ascii('PK\x03\x04'))(content)) return names;
  for (
    let end = content.length - END_OF_DIRECTORY_BYTES;
    end >= Math.max(0, content.length - END_OF_DIRECTORY_REACH);
    end--
  ) {
    if (content.readUInt32LE(end) !== END_OF_DIRECTORY) continue;
    let entry = content.readUInt32LE(end + 16);
    while (entry + DIRECTORY_ENTRY_BYTES <= end && content.readUInt32LE(entry) === DIRECTORY_ENTRY) {
      const name = entry + DIRECTORY_ENTRY_BYTES;
      const nameEnd = name + content.readUInt16LE(entry + 28);
      names.add(content.toString('utf8', name, nameEnd));
      entry = nameEnd + content.readUInt16LE(entry + 30) + content.readUInt16LE(entry + 32);
    }
    break;
  }
  return names;
}
