using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Names the parts of the state that hold private data: hashes, which all peers have, and values, of each organisation
/// that keeps them. No chaincode can have such a name.
/// </summary>
/// <remarks>Source: Fabric's privacyenabledstate, which keeps both beside the public state in the same way.</remarks>
internal static class PrivateNamespace
{
    /// <summary>Where the hashes of a collection's values lie, by the hashes of their keys.</summary>
    public static string OfHashes(string chaincode, string collection) => $"{chaincode}$$h{collection}";

    /// <summary>Where one organisation's values of a collection lie.</summary>
    public static string OfValues(string chaincode, string collection, string mspId) =>
        $"{chaincode}$$p{collection}$${mspId}";

    /// <summary>Returns the SHA-256 of a key.</summary>
    public static ByteString Hash(string key) => Hash(Encoding.UTF8.GetBytes(key));

    /// <summary>Returns the SHA-256 of a value.</summary>
    public static ByteString Hash(ReadOnlySpan<byte> value) =>
        UnsafeByteOperations.UnsafeWrap(SHA256.HashData(value));

    /// <summary>Returns the key under which the state keeps what is known of a private key.</summary>
    public static string KeyOf(ByteString keyHash) => Convert.ToHexStringLower(keyHash.Span);
}
