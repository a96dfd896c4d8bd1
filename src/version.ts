/** Of the connector: the same in package.json, metadata.yaml and the label of the image (a test compares them). */
export const version = '0.1.0';
