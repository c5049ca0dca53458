/** What `POST /v1/documents` takes: a form of one file, and at most a language and a webhook URL. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { ApiError } from './api-error';
import { type FileType, fileTypeOf } from './file-type';

/**
 * API Gateway hands the body to the function in base64, in an event of at most 6 MB (AWS, "Lambda quotas"): 4 MiB are
 * 5.6 MB there, which leaves room for the rest.
 */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** The longest that a field may be: more than any webhook URL may have. */
const MAX_FIELD_BYTES = 8 * 1024;
/** Beyond these it is no form of ours, whatever it says. */
const MAX_PARTS = 10;
/** Characters of a name that are kept. */
const MAX_NAME_LENGTH = 255;
/** BCP 47, as far as languages, scripts and regions go. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/;

export interface Submission {
  readonly file: {
    /**
     * For people to read, never a key or a path: without folders, control characters and what turns the writing round.
     */
    readonly name: string;
    readonly type: FileType;
    readonly content: Buffer;
  };
  readonly language?: string;
  /** Not judged yet. */
  readonly webhookUrl?: string;
}

const invalid = (message: string, param?: string): ApiError => new ApiError('invalid_request', message, param);

/**
 * Reads a submission.
 * @param contentType the request's
 * @param body its bytes, as they came
 * @throws {ApiError} that names the field at fault
 */
export async function readSubmission(contentType: string | undefined, body: Buffer): Promise<Submission> {
  const { files, fields } = await readForm(contentType ?? '', body);
  const [file] = files;
  if (file === undefined)
    throw invalid('The form has no file. Send one as the field "file", with a file name.', 'file');
  if (file.content.length === 0) throw invalid('The file is empty.', 'file');
  const name = displayName(file.name);
  const type = fileTypeOf(name, file.declaredType, file.content);
  const language = fields.get('language');
  if (language !== undefined && !LANGUAGE.test(language))
    throw invalid('The language must be a code such as en or uk.', 'language');
  const webhookUrl = fields.get('webhook_url');
  return {
    file: { name, type, content: file.content },
    ...(language !== undefined && { language }),
    ...(webhookUrl !== undefined && { webhookUrl }),
  };
}

interface Form {
  readonly files: readonly { readonly name: string; readonly declaredType: string; readonly content: Buffer }[];
  readonly fields: ReadonlyMap<string, string>;
}

const FIELDS = new Set(['language', 'webhook_url']);

async function readForm(contentType: string, body: Buffer): Promise<Form> {
  const files: { name: string; declaredType: string; content: Buffer }[] = [];
  const fields = new Map<string, string>();
  let fault: ApiError | undefined;
  const refuse = (error: ApiError): void => {
    fault ??= error;
  };

  const parser = openForm(contentType);
  // Without a name, a part's name is undefined, whatever the types say.
  parser.on(
    'file',
    (name: string | undefined, stream, { filename, mimeType }: { filename?: string; mimeType: string }) => {
      const chunks: Buffer[] = [];
      if (name !== 'file')
        refuse(
          name !== undefined && FIELDS.has(name)
            ? invalid(`The field "${name}" must not be a file.`, name)
            : unknownPart(name),
        );
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        refuse(new ApiError('file_too_large', `The file is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB.`, 'file'));
      });
      stream.on('error', () => undefined); // the form has the same error
      stream.on('end', () =>
        files.push({ name: filename ?? '', declaredType: mimeType.toLowerCase(), content: Buffer.concat(chunks) }),
      );
    },
  );
  parser.on('field', (name: string | undefined, value, { valueTruncated }) => {
    if (name === undefined || !FIELDS.has(name))
      refuse(
        name === 'file' ? invalid('The field "file" must be a file, with a file name.', 'file') : unknownPart(name),
      );
    else if (fields.has(name)) refuse(invalid(`The field "${name}" is given twice.`, name));
    else if (valueTruncated) refuse(invalid(`The field "${name}" is too long.`, name));
    else fields.set(name, value);
  });
  parser.on('filesLimit', () => {
    refuse(invalid('The form has more than one file; send each document on its own.', 'file'));
  });
  parser.on('partsLimit', () => {
    refuse(invalid('The form has too many fields: file, language and webhook_url are taken.'));
  });
  try {
    await pipeline(Readable.from([body]), parser);
  } catch (error) {
    refuse(invalid(`The form could not be read: ${(error as Error).message}.`));
  }
  if (fault !== undefined) throw fault;
  return { files, fields };
}

function openForm(contentType: string): busboy.Busboy {
  // busboy reads URL-encoded forms, too, which cannot hold a file.
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType))
    throw invalid('The request must be a form: Content-Type: multipart/form-data.');
  try {
    return busboy({
      headers: { 'content-type': contentType },
      defParamCharset: 'utf8', // of file names: as curl and browsers send them (RFC 7578, section 5.1.3)
      // a file of exactly its limit counts as cut off
      limits: { files: 1, fileSize: MAX_FILE_BYTES + 1, fieldSize: MAX_FIELD_BYTES, parts: MAX_PARTS },
    });
  } catch (error) {
    throw invalid(`The form could not be read: ${(error as Error).message}.`);
  }
}

function unknownPart(name: string | undefined): ApiError {
  if (name === undefined) return invalid('A part of the form has no name: file, language and webhook_url are taken.');
  const shown = displayName(name);
  return invalid(`The form has a field "${shown}" that is not known: file, language and webhook_url are taken.`, shown);
}

/** A name as its owner may see it again. What it was called elsewhere never names anything here. */
export function displayName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  return [...last.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')].slice(-MAX_NAME_LENGTH).join('').trim();
}
