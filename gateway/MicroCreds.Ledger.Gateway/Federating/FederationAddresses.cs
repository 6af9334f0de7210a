namespace MicroCreds.Ledger.Gateway.Federating;

/// <summary>Where others find what OpenID Federation 1.0 has them ask for, and how its marks are called.</summary>
internal static class FederationAddresses
{
    /// <summary>What describes an entity, below its identifier.</summary>
    public const string Configuration = "/.well-known/openid-federation";

    public const string Fetch = "/federation/fetch";
    public const string List = "/federation/list";
    public const string Resolve = "/federation/resolve";
    public const string TrustMark = "/federation/trust-mark";

    /// <summary>The mark that somebody is a member of this consortium, which the members have confirmed.</summary>
    public const string Member = "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27#Member";

    /// <summary>The mark that an accreditor of the consortium has accredited somebody, and for what.</summary>
    public const string Accredited = "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27#AccreditedIssuer";

    public static readonly string[] Marks = [Member, Accredited];
}
