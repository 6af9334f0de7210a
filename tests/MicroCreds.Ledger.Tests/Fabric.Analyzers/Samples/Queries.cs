using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Queries
{
    public static ContractDefinition Define() => new ContractDefinition("assets")
        .Evaluate("Read", async (TransactionContext context, string key) =>
        {
            byte[]? value = await context.Stub.GetStateAsync(key);
            await context.Stub.PutStateAsync(key + ".read", "1"u8.ToArray()); // MCF0016
            context.Stub.SetEvent("read"); // MCF0016
            return value;
        });
}
