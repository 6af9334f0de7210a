using System.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Writes an exception as .NET does, its causes with it, and the words of each on one line.</summary>
internal static class ExceptionText
{
    public static string Of(Exception exception)
    {
        var text = new StringBuilder($"{exception.GetType()}: {ForeignText.OnOneLine(exception.Message)}");
        if (exception.InnerException is { } cause)
        {
            text.Append(" ---> ").AppendLine(Of(cause)).Append("   --- End of inner exception stack trace ---");
        }

        if (exception.StackTrace is { } stack)
        {
            text.AppendLine().Append(stack);
        }

        return text.ToString();
    }
}
