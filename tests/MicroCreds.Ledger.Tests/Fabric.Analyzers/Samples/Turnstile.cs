using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal sealed class Turnstile(int limit)
{
    private int _count;
    private int _configured;

    public ContractDefinition Define() => new ContractDefinition("turnstile")
        .Submit("Pass", PassAsync)
        .Submit("Reset", (TransactionContext context, string key) =>
        {
            limit = 0; // MCF0010
            Interlocked.Exchange(ref _count, 0); // MCF0010
            return context.Stub.DeleteStateAsync(key).AsTask();
        });

    public void Configure(int configured) => _configured = configured;

    private async Task PassAsync(TransactionContext context, string key)
    {
        _count++; // MCF0010
        (limit, int next) = (_configured, _count); // MCF0010
        await NoteAsync(context, key, next);
    }

    private async Task NoteAsync(TransactionContext context, string key, int next)
    {
        Interlocked.Increment(ref _count); // MCF0010
        await context.Stub.PutStateAsync(key, BitConverter.GetBytes(next + limit));
    }
}

/// <summary>The other way to write chaincode.</summary>
internal sealed class Plain : IChaincode
{
    private int _count;

    public async ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        _count++; // MCF0010
        int own = 0;
        own++;
        await stub.PutStateAsync("count", BitConverter.GetBytes(_count + own));
        return Response.Success();
    }
}
