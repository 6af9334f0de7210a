using System.Diagnostics;
using Grpc.Core;
using MicroCreds.Fabric.Client.Signing;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>One identity's way to one peer: the stubs, the signing identity and the deadlines.</summary>
internal sealed class GatewayConnection : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private int _disposed;

    public GatewayConnection(GatewayOptions options)
    {
        Options = options;
        Signing = new SigningIdentity(options.Identity, options.Signer, options.EffectiveHash);
        Gateway = new Gateway.GatewayClient(options.Channel);
        Deliver = new Deliver.DeliverClient(options.Channel);
        Evaluate = Gateway.EvaluateAsync;
        Endorse = Gateway.EndorseAsync;
        Submit = Gateway.SubmitAsync;
        CommitStatus = Gateway.CommitStatusAsync;
        Closed = _closed.Token;
        Peer = new PeerName(options.Channel.Target);
        Log = new CallLog(options.LoggerFactory);
    }

    public GatewayOptions Options { get; }

    public SigningIdentity Signing { get; }

    public Gateway.GatewayClient Gateway { get; }

    public Deliver.DeliverClient Deliver { get; }

    public Func<EvaluateRequest, CallOptions, AsyncUnaryCall<EvaluateResponse>> Evaluate { get; }

    public Func<EndorseRequest, CallOptions, AsyncUnaryCall<EndorseResponse>> Endorse { get; }

    public Func<SubmitRequest, CallOptions, AsyncUnaryCall<SubmitResponse>> Submit { get; }

    public Func<SignedCommitStatusRequest, CallOptions, AsyncUnaryCall<CommitStatusResponse>> CommitStatus { get; }

    /// <summary>Cancelled when the gateway is disposed: event streams end then, and calls fail.</summary>
    public CancellationToken Closed { get; }

    /// <summary>How telemetry names the peer.</summary>
    public PeerName Peer { get; }

    /// <summary>Where repetitions are told.</summary>
    public CallLog Log { get; }

    public static CallOptions CallOptions(TimeSpan timeout, CancellationToken cancellationToken) =>
        new(deadline: Deadline(timeout), cancellationToken: cancellationToken);

    /// <exception cref="ObjectDisposedException">The gateway was disposed.</exception>
    public void RefuseWhenDisposed() =>
        ObjectDisposedException.ThrowIf(Closed.IsCancellationRequested, typeof(FabricGateway));

    /// <exception cref="ArgumentOutOfRangeException">The timeout is neither positive nor infinite.</exception>
    /// <exception cref="ObjectDisposedException">The gateway was disposed.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        string method,
        string transactionId,
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> invoke,
        TRequest request,
        TimeSpan timeout,
        Func<RpcFailure, FabricException> failed,
        CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);

        RefuseWhenDisposed();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Closed);
        using var span = FabricTelemetry.Start(method, Peer, transactionId);
        long started = Stopwatch.GetTimestamp();
        var status = StatusCode.Unknown;
        try
        {
            var call = invoke(request, CallOptions(timeout, ended.Token));
            var response = await call.ResponseAsync.ConfigureAwait(false);
            status = StatusCode.OK;
            return response;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            status = StatusCode.Cancelled;
            throw new OperationCanceledException($"The call of {method} was cancelled.", e, cancellationToken);
        }
        catch (Exception e) when (e is RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException
            && Closed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            status = StatusCode.Cancelled;
            throw failed(RpcFailure.FromDisposal(e));
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
            throw failed(RpcFailure.From(e, timeout, Peer));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            status = StatusCode.DeadlineExceeded;
            throw failed(RpcFailure.FromDeadline(e, timeout));
        }
        catch (OperationCanceledException)
        {
            status = StatusCode.Cancelled;
            throw;
        }
        finally
        {
            FabricTelemetry.End(span, method, Peer, started, status);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _closed.Cancel();
            _closed.Dispose();
        }
    }

    // gRPC measures deadlines by the system's clock, whatever clock dates our messages.
    private static DateTime? Deadline(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            return null;

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return timeout < DateTime.MaxValue - now ? now + timeout : null;
    }
}
