namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Whose keys have a half of ML-DSA-44 beside the elliptic one.</summary>
public enum MlDsaUse
{
    /// <summary>Nobody's, as far as this gateway has a say.</summary>
    None,

    /// <summary>Those that this gateway makes.</summary>
    Own,

    /// <summary>
    /// Those, and everybody's: if this gateway founds the ledger, the contract refuses keys without, for good.
    /// </summary>
    Consortium,
}

/// <summary>What a use asks of this gateway.</summary>
internal static class MlDsaUses
{
    /// <summary>Whether its own keys have such a half.</summary>
    public static bool IsOwn(this MlDsaUse use) => use != MlDsaUse.None;
}
