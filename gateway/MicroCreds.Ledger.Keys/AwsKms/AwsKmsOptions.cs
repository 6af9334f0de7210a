namespace MicroCreds.Ledger.Keys.AwsKms;

/// <summary>Which AWS Key Management Service keys lie with. Credentials are found as the AWS SDK finds them.</summary>
public sealed record AwsKmsOptions
{
    /// <summary>The region. Default is what <c>AWS_REGION</c> or the profile says.</summary>
    public string? Region { get; init; }

    /// <summary>The service's address, such as a VPC endpoint's. Default is the region's own.</summary>
    public string? Endpoint { get; init; }

    /// <summary>How long one call may take, its repetitions included. Default is 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
