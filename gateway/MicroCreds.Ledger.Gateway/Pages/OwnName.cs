using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What this institution calls itself: as it is configured, else as the ledger has it, else its MSP. Thread-safe.
/// </summary>
public sealed class OwnName(LedgerProjection projection, GatewayServiceOptions options)
{
    /// <summary>The name.</summary>
    public string Value => options.Brand.Name
        ?? projection.Institutions.GetValueOrDefault(options.MspId)?.Name ?? options.MspId;
}
