using System.Reflection;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>Turns a delegate of any shape into one of one shape, once, so that calls need no reflection.</summary>
internal static class HandlerCompiler
{
    public static TransactionHandler Compile(
        string fullName, Delegate handler, Type contextType, Func<Type, ValueFormat> formatOf, bool isEvaluation)
    {
        var method = handler.GetType().GetMethod("Invoke")!;
        var parameters = handler.Method.GetParameters();

        // A delegate bound to a static method's first argument hides it; the delegate's own parameters count.
        parameters = parameters[^method.GetParameters().Length..];
        if (parameters.Length == 0 || !parameters[0].ParameterType.IsAssignableTo(typeof(TransactionContext))
            || !contextType.IsAssignableTo(parameters[0].ParameterType))
        {
            throw new ArgumentException(
                $"{fullName} cannot be a transaction: its first parameter must be a {contextType.Name}.");
        }

        var nullability = new NullabilityInfoContext();
        var described = parameters[1..].Select(parameter => Describe(fullName, parameter, formatOf, nullability));
        var resultType = ResultType(method.ReturnType);
        return new TransactionHandler(
            fullName,
            isEvaluation,
            [.. described],
            resultType is null ? null : Format(fullName, "the result", resultType, formatOf),
            CompileCall(handler, method, resultType));
    }

    private static TransactionParameter Describe(
        string fullName, ParameterInfo parameter, Func<Type, ValueFormat> formatOf, NullabilityInfoContext nullability)
    {
        var type = parameter.ParameterType;
        if (type.IsByRef || type.IsPointer || type.IsByRefLike)
        {
            throw new ArgumentException(
                $"{fullName} cannot be a transaction: parameter '{parameter.Name}' is passed by reference.");
        }

        bool mayBeNull = type.IsValueType
            ? Nullable.GetUnderlyingType(type) is not null
            : nullability.Create(parameter).WriteState != NullabilityState.NotNull;
        object? defaultValue = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        if (defaultValue is null && parameter.HasDefaultValue && type.IsValueType && !mayBeNull)
        {
            defaultValue = Activator.CreateInstance(type);
        }

        return new TransactionParameter(
            parameter.Name ?? $"argument{parameter.Position}",
            Format(fullName, $"parameter '{parameter.Name}'", type, formatOf),
            mayBeNull,
            IsRequired: !parameter.HasDefaultValue,
            defaultValue);
    }

    private static ValueFormat Format(string fullName, string what, Type type, Func<Type, ValueFormat> formatOf)
    {
        try
        {
            return formatOf(type);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException(
                $"{fullName} cannot be a transaction: {what} of type {type} has no JSON form. {e.Message}", e);
        }
    }

    private static Type? ResultType(Type returned)
    {
        if (returned == typeof(void) || returned == typeof(Task) || returned == typeof(ValueTask))
        {
            return null;
        }

        return returned.IsGenericType
            && (returned.GetGenericTypeDefinition() == typeof(Task<>)
                || returned.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? returned.GetGenericArguments()[0]
            : returned;
    }

    private static Func<TransactionContext, object?[], ValueTask<object?>> CompileCall(
        Delegate handler, MethodInfo method, Type? resultType)
    {
        var invoker = MethodInvoker.Create(method);
        var awaitResult = AwaiterOf(method.ReturnType, resultType);
        return (context, values) => awaitResult(invoker.Invoke(handler, [context, .. values]));
    }

    private static Func<object?, ValueTask<object?>> AwaiterOf(Type returned, Type? resultType)
    {
        if (returned == typeof(Task))
        {
            return AwaitTaskAsync;
        }

        if (returned == typeof(ValueTask))
        {
            return AwaitValueTaskAsync;
        }

        if (resultType is null || returned == resultType)
        {
            return ValueTask.FromResult;
        }

        string awaiter = returned.GetGenericTypeDefinition() == typeof(Task<>)
            ? nameof(AwaitTaskOfAsync)
            : nameof(AwaitValueTaskOfAsync);
        return typeof(HandlerCompiler).GetMethod(awaiter, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(resultType)
            .CreateDelegate<Func<object?, ValueTask<object?>>>();
    }

    private static async ValueTask<object?> AwaitTaskAsync(object? task)
    {
        await ((Task)task!).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> AwaitValueTaskAsync(object? task)
    {
        await ((ValueTask)task!).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> AwaitTaskOfAsync<T>(object? task) =>
        await ((Task<T>)task!).ConfigureAwait(false);

    private static async ValueTask<object?> AwaitValueTaskOfAsync<T>(object? task) =>
        await ((ValueTask<T>)task!).ConfigureAwait(false);
}
