using System.Security.Cryptography;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class SignedReceipts
{
    public static async Task StoreAsync(TransactionContext context, string id, byte[] receipt)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(16); // MCF0002
        using var key = ECDsa.Create();
        key.GenerateKey(ECCurve.NamedCurves.nistP256); // MCF0002
        byte[] signature = key.SignData(receipt, HashAlgorithmName.SHA256); // MCF0002
        await context.Stub.PutStateAsync(id, SHA256.HashData([.. salt, .. receipt, .. signature]));
    }
}
