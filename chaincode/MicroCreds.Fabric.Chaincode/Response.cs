using System.Text;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>The answer of a chaincode to one invocation.</summary>
/// <remarks>
/// Peers endorse a status below <see cref="ErrorThreshold"/> and hand everything else back as an error. Immutable.
/// Source: Fabric's <c>protos.Response</c>.
/// </remarks>
public sealed record Response
{
    /// <summary>The status of a success: 200.</summary>
    public const int Ok = 200;

    /// <summary>The lowest status that peers refuse to endorse: 400.</summary>
    public const int ErrorThreshold = 400;

    /// <summary>The status of an error that has no better one: 500.</summary>
    public const int InternalError = 500;

    /// <summary>Gets the status, in the manner of HTTP. Default is <see cref="Ok"/>.</summary>
    public int Status { get; init; } = Ok;

    /// <summary>Gets the message, which explains an error. Default is empty.</summary>
    /// <exception cref="ArgumentNullException">It is set to null.</exception>
    public string Message
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(value));
    } = string.Empty;

    /// <summary>Gets the result. Default is empty.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Tells whether a peer may endorse this answer.</summary>
    public bool IsSuccess => Status < ErrorThreshold;

    /// <summary>Makes an answer of status <see cref="Ok"/>.</summary>
    public static Response Success(ReadOnlyMemory<byte> payload = default) => new() { Payload = payload };

    /// <summary>Makes an answer of status <see cref="Ok"/> whose result is text in UTF-8.</summary>
    public static Response Success(string payload) => new() { Payload = Encoding.UTF8.GetBytes(payload) };

    /// <summary>Makes an error answer.</summary>
    /// <param name="message">What is wrong, and how it is mended.</param>
    /// <param name="status">At least <see cref="ErrorThreshold"/>. Default is <see cref="InternalError"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is below <see cref="ErrorThreshold"/>.</exception>
    public static Response Error(string message, int status = InternalError)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(status, ErrorThreshold);
        return new Response { Status = status, Message = message };
    }
}
