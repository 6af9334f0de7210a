using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>Refuses calls beyond what a peer's services each take at once. Thread-safe; one per peer.</summary>
internal sealed class ConcurrencyLimit : Interceptor
{
    /// <summary>How many calls of Gateway run at once: the default of core.yaml.</summary>
    public const int Gateway = 500;

    /// <summary>How many calls of Endorser and of Deliver run at once, each: the default of core.yaml.</summary>
    public const int EndorserAndDeliver = 2500;

    private readonly ConcurrentDictionary<string, Counter> _services = new();

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var counter = Enter(context);
        try
        {
            return await continuation(request, context);
        }
        finally
        {
            counter.Leave();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var counter = Enter(context);
        try
        {
            await continuation(request, responseStream, context);
        }
        finally
        {
            counter.Leave();
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var counter = Enter(context);
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        finally
        {
            counter.Leave();
        }
    }

    private Counter Enter(ServerCallContext context)
    {
        string service = context.Method[..context.Method.LastIndexOf('/')];
        var counter = _services.GetOrAdd(service, static name =>
            new Counter(name == "/gateway.Gateway" ? Gateway : EndorserAndDeliver));
        return counter.TryEnter()
            ? counter
            : throw new RpcException(new Status(
                StatusCode.Unknown,
                $"too many requests for {service}, exceeding concurrency limit ({counter.Limit})"));
    }

    private sealed class Counter(int limit)
    {
        private int _running;

        public int Limit => limit;

        public bool TryEnter()
        {
            if (Interlocked.Increment(ref _running) <= limit)
            {
                return true;
            }

            Leave();
            return false;
        }

        public void Leave() => Interlocked.Decrement(ref _running);
    }
}
