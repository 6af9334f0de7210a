namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>The service cannot start with these options; the message names every fault.</summary>
public sealed class OptionsException(IReadOnlyList<string> faults)
    : Exception("The gateway's configuration is wrong:" + string.Concat(faults.Select(fault => "\n  - " + fault)))
{
    /// <summary>One sentence for each fault.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
