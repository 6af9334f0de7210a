using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>The Merkle leaf of a credential.</summary>
public static class CredentialLeaf
{
    /// <summary>Hashes the canonical credential without its <c>proof</c> and <c>ledgerAnchor</c>.</summary>
    public static byte[] Hash(JsonObject credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Hash(CanonicalObject.From(credential));
    }

    internal static byte[] Hash(CanonicalObject credential) => MerkleTree.LeafHash(
        credential.Without(CredentialVocabulary.ProofMember).Without(CredentialVocabulary.AnchorMember).ToArray());
}
