export * from './endpoint-policy';
export * from './event-type';
export * from './retry-schedule';
export * from './signature-scheme';
export * from './webhook-profile';
export * from './webhook-profile-props';
export * from './webhook-sender';
