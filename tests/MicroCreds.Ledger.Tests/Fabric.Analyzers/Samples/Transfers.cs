using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Transfers
{
    public static async Task<byte[]?> TransferAsync(TransactionContext context, string key, string other, byte[] value)
    {
        await context.Stub.PutStateAsync(key, value);
        byte[]? again = await context.Stub.GetStateAsync(key); // MCF0014
        await context.Stub.PutStateAsync("last", value);
        if (again is null) return await context.Stub.GetStateAsync("last"); // MCF0014
        return await context.Stub.GetStateAsync(other);
    }

    public static async Task<byte[]?> NextAsync(TransactionContext context, string key, byte[] value)
    {
        if (value.Length > 1)
        {
            await context.Stub.PutStateAsync(key, value);
        }

        byte[]? perhaps = await context.Stub.GetStateAsync(key);
        await context.Stub.PutStateAsync(key, value);
        key += "+";
        return perhaps ?? await context.Stub.GetStateAsync(key);
    }
}
