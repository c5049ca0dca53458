module github.com/cdk-webhooks/cdk-webhooks/verify/go

go 1.22
