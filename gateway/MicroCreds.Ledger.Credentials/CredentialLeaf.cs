using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// The Merkle leaf of a credential: the hash of its sealed form, the same for every form it is handed out in.
/// </summary>
public static class CredentialLeaf
{
    /// <summary>Hashes the sealed credential without its <c>proof</c> and <c>ledgerAnchor</c>.</summary>
    public static byte[] Hash(JsonObject credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Hash(CanonicalObject.From(credential));
    }

    /// <summary>Hashes a credential.</summary>
    /// <param name="credential">The credential; without its subject where that was taken apart before.</param>
    /// <param name="subject">Its subject, where it was taken apart before.</param>
    internal static byte[] Hash(CanonicalObject credential, CanonicalObject? subject = null) =>
        OfSealed(SealedCredential.Of(
            credential.Without(CredentialVocabulary.ProofMember).Without(CredentialVocabulary.AnchorMember),
            subject).Members);

    internal static byte[] OfSealed(CanonicalObject members) => MerkleTree.LeafHash(members.ToArray());
}
