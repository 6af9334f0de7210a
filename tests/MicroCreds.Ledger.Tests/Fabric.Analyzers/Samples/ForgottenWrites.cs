using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class ForgottenWrites
{
    public static async Task SetAsync(TransactionContext context, string key, byte[] value)
    {
        await context.Stub.DeleteStateAsync(key);
        _ = context.Stub.PutStateAsync(key, value); // MCF0009
        WriteAsync(context, key, value); // MCF0009
    }

    private static async Task WriteAsync(TransactionContext context, string key, byte[] value) =>
        await context.Stub.PutStateAsync(key, value);

    private static async void Delete(TransactionContext context, string key) => // MCF0009
        await context.Stub.DeleteStateAsync(key);
}
