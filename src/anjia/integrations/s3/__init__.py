"""A bucket that speaks S3, as Aliyun OSS, Tencent COS, Huawei OBS, MinIO and Amazon do: files are put there, sealed."""
