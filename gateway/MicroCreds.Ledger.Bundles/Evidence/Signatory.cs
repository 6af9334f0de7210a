using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>Who signed: a certificate that chains to a member's root.</summary>
/// <param name="MspId">The member.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="IsPeer">Whether it may endorse.</param>
/// <param name="MayWitness">Whether it has a role of the contract, as a gateway's identity has.</param>
internal sealed record Signatory(string MspId, X509Certificate2 Certificate, bool IsPeer, bool MayWitness)
{
    /// <summary>The certificate's common name, or all of its subject.</summary>
    public string Name => Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name
        ? name
        : Certificate.Subject;
}
