/** Files as the document API takes them, as small as they can be. */
import { crc32 } from 'node:zlib';

export const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
export const JPG = Buffer.from('ffd8ffe000104a464946', 'hex');
export const TIFF = Buffer.from('II*\0rest', 'latin1');

/**
 * With as many pages as said.
 *
 * @param rest anything more
 */
export function pdf(pages = 1, rest = ''): Buffer {
  const objects = Array.from(
    { length: pages },
    (_, index) => `${index + 3} 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n`,
  ).join('');
  return Buffer.from(
    '%PDF-1.7\n%\xff\xff\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count ' +
      `${pages} >>\nendobj\n${objects}${rest}\n%%EOF\n`,
    'latin1',
  );
}

/** A ZIP file of stored, empty files of these names. */
export function zip(...names: string[]): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const name of names) {
    const bytes = Buffer.from(name);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt32LE(crc32(''), 14);
    header.writeUInt16LE(bytes.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(bytes.length, 28);
    entry.writeUInt32LE(offset, 42);
    local.push(header, bytes);
    directory.push(entry, bytes);
    offset += header.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...directory, end]);
}

export const DOCX = zip('[Content_Types].xml', '_rels/.rels', 'word/document.xml');
export const XLSX = zip('[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml');
