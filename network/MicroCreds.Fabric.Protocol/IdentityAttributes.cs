namespace MicroCreds.Fabric.Protocol;

/// <summary>The attributes that a certificate carries, of its owner.</summary>
/// <remarks>Source: <c>lib/attrmgr</c> of Fabric CA.</remarks>
public static class IdentityAttributes
{
    /// <summary>
    /// The certificate extension in which Fabric CA writes them, as JSON: <c>{"attrs":{"role":"issuer"}}</c>.
    /// </summary>
    public const string Oid = "1.2.3.4.5.6.7.8.1";
}
