using Microsoft.AspNetCore.Http.Features;

namespace MicroCreds.Ledger.Gateway.Protecting;

/// <summary>
/// Takes in and forgets what a browser sends of a form that is too large: a browser whose sending is broken off shows
/// that the connection failed, and not the page that says why.
/// </summary>
public static class OversizedForms
{
    /// <summary>The most bytes that are taken in; of what is larger the connection is broken off.</summary>
    public const long MaxForgotten = 256L * 1024 * 1024;

    /// <summary>Lets the next one read the form, which then says that it is too large.</summary>
    public static async Task ForgetAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.ContentLength is { } length && request.HasFormContentType
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size
            && length > size.MaxRequestBodySize && length <= MaxForgotten)
        {
            size.MaxRequestBodySize = length;
            await request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            request.Body = new TooLarge();
        }

        await next(context);
    }

    private sealed class TooLarge : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new BadHttpRequestException(
            "The request body is too large.", StatusCodes.Status413PayloadTooLarge);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
