using MicroCreds.Ledger.Keys.AwsKms;
using MicroCreds.Ledger.Keys.Pkcs11;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>Where keys lie that are in no file. Default is nowhere: all keys are in files.</summary>
public sealed record KeyPlaceOptions
{
    /// <summary>What the address of a key in a token begins with.</summary>
    public const string TokenScheme = "pkcs11:";

    /// <summary>What the address of a key with AWS KMS begins with.</summary>
    public const string AwsKmsScheme = "awskms:";

    /// <summary>The token (the settings that begin with <c>Pkcs11</c>).</summary>
    public Pkcs11Options? Token { get; init; }

    /// <summary>The key service: <c>AwsKmsRegion</c>, <c>AwsKmsEndpoint</c>.</summary>
    public AwsKmsOptions AwsKms { get; init; } = new();

    /// <summary>Where issuer keys are made (<c>IssuerKeyPlace</c>). Default is in files.</summary>
    public IssuerKeyPlace Issuers { get; init; } = IssuerKeyPlace.Files;

    /// <summary>What the issuer keys there share (<c>IssuerKeyLabel</c>). Default is <c>MSPID-issuer</c>.</summary>
    public string IssuerLabel { get; init; } = "";

    /// <summary>Whether a setting names a key that is in no file.</summary>
    public static bool IsPlaced(string key) =>
        key.StartsWith(TokenScheme, StringComparison.Ordinal) || key.StartsWith(AwsKmsScheme, StringComparison.Ordinal);
}

/// <summary>Where new issuer keys are made.</summary>
public enum IssuerKeyPlace
{
    /// <summary>In files of the data directory.</summary>
    Files,

    /// <summary>In the PKCS#11 token.</summary>
    Token,

    /// <summary>With AWS KMS.</summary>
    AwsKms,
}
