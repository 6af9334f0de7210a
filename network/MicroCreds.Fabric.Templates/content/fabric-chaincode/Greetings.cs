using System.Text;
using MicroCreds.Fabric.Chaincode;

/// <summary>The contract's transactions: one object answers one of them.</summary>
internal sealed class Greetings(TransactionContext context) : IGreetings
{
    public async Task KeepAsync(string name, string greeting) =>
        await context.Stub.PutStateAsync(name, Encoding.UTF8.GetBytes(greeting));

    public async Task<string> ReadAsync(string name) => await context.Stub.GetStateAsync(name) is { } kept
        ? Encoding.UTF8.GetString(kept)
        : throw new ChaincodeException($"No greeting is kept for {name}: keep one first.", 404);
}
