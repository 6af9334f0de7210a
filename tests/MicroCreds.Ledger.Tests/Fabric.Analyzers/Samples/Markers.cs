using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Markers
{
    public static async Task MarkAsync(TransactionContext context, string key)
    {
        await context.Stub.PutStateAsync(key, Array.Empty<byte>()); // MCF0015
        await context.Stub.PutStateAsync(key, ReadOnlyMemory<byte>.Empty); // MCF0015
        await context.Stub.PutStateAsync(key, default); // MCF0015
        await context.Stub.PutStateAsync(key, new byte[0]); // MCF0015
        await context.Stub.PutPrivateDataAsync("own", key, Encoding.UTF8.GetBytes("")); // MCF0015
        await context.Stub.PutStateAsync(key, new byte[1]);
    }
}
