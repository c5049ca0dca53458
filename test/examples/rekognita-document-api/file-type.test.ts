import fc from 'fast-check';
import { ApiError } from '../../../examples/rekognita-document-api/api-error';
import { FILE_TYPES, fileTypeOf } from '../../../examples/rekognita-document-api/file-type';
import { DOCX, JPG, pdf, PNG, TIFF, XLSX, zip } from './files';

const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

test.each([
  ['invoice.pdf', 'application/pdf', pdf(), 'pdf'],
  ['INVOICE.PDF', '', pdf(), 'pdf'],
  ['letter.docx', DOCX_TYPE, DOCX, 'docx'],
  ['table.xlsx', 'application/octet-stream', XLSX, 'xlsx'],
  ['photo.jpg', 'image/jpeg', JPG, 'jpg'],
  ['photo.jpeg', 'image/jpeg', JPG, 'jpg'],
  ['scan.png', 'image/png', PNG, 'png'],
  ['scan.tif', 'image/tiff', TIFF, 'tiff'],
  ['scan.tiff', 'image/tiff', Buffer.from('MM\0*', 'latin1'), 'tiff'],
  ['archive.tar.png', '', PNG, 'png'],
])('%s, declared as "%s"', (name, declared, content, type) => {
  expect(fileTypeOf(name, declared, content)).toBe(type);
});

test.each([
  ['no extension', 'invoice', '', pdf()],
  ['another extension', 'invoice.exe', '', pdf()],
  ['a name that is an extension', 'pdf', '', pdf()],
  ['an extension of Object.prototype', 'invoice.constructor', '', pdf()],
  ['another content than the name', 'invoice.pdf', '', PNG],
  ['another declaration than the name', 'invoice.pdf', 'image/png', pdf()],
  ['a declaration that is no document', 'invoice.pdf', 'text/html', pdf()],
  ['a PDF that begins later', 'invoice.pdf', '', Buffer.concat([Buffer.from(' '), pdf()])],
  ['a workbook that is named as a letter', 'letter.docx', '', XLSX],
  ['any ZIP file', 'letter.docx', '', zip('readme.txt')],
  ['a ZIP file without the list of types', 'letter.docx', '', zip('word/document.xml')],
  ['a ZIP file that is cut off', 'letter.docx', '', DOCX.subarray(0, -30)],
  ['nothing', 'scan.png', '', Buffer.alloc(0)],
])('%s is refused', (_what, name, declared, content) => {
  expect(() => fileTypeOf(name, declared, content)).toThrow(
    expect.objectContaining({ code: 'invalid_file_type', status: 415, param: 'file' }) as Error,
  );
});

test("whatever the bytes are, a ZIP file's too, the answer is a type or a refusal", () => {
  const spoilt = fc
    .tuple(fc.constantFrom(DOCX, XLSX), fc.array(fc.tuple(fc.nat(DOCX.length - 1), fc.nat(255)), { maxLength: 8 }))
    .map(([file, changes]) => {
      const content = Buffer.from(file);
      for (const [at, byte] of changes) content[at] = byte;
      return content;
    });
  fc.assert(
    fc.property(
      fc.constantFrom('a.docx', 'a.xlsx', 'a.pdf', 'a.png'),
      fc.oneof(
        spoilt,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      (name, content) => {
        try {
          expect(FILE_TYPES).toContain(fileTypeOf(name, '', content));
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      },
    ),
  );
});
