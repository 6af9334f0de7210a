using System.Text;

namespace MicroCreds.Fabric.Chaincode.Text;

/// <summary>UTF-8 that refuses what is wrong, where replacing it would make two different texts one.</summary>
internal static class StrictUtf8
{
    public static readonly UTF8Encoding Encoding =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
