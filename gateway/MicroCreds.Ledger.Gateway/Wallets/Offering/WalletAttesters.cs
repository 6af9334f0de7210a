using MicroCreds.Ledger.Gateway.Configuration;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>Whom this gateway believes about wallets, and about the keys in them. Thread-safe.</summary>
internal sealed class WalletAttesters(GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The authorities of who says which wallet it is.</summary>
    public NamedAuthorities OfWallets { get; } =
        new(WalletReader.Attesters, options.Wallets.Attesters, time);

    /// <summary>The authorities of who says how a wallet keeps its keys.</summary>
    public NamedAuthorities OfKeys { get; } =
        new(WalletReader.KeyAttesters, options.Wallets.KeyAttesters, time);
}
